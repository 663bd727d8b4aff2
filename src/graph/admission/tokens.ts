import { GraphQLError, Lexer, Source, TokenKind } from 'graphql'
import type { AdmissionLimits } from './limits.ts'
import { checkName } from './unsafe-names.ts'
import { within } from './within.ts'

const OPENING: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L])
const CLOSING: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R])

/**
 * Reads the text token by token, before anything recurses into it. False when it holds a character that GraphQL
 * does not know: every parser stops there.
 *
 * @throws Fault TOO_COMPLEX for too many characters, tokens or nested brackets; BAD_USER_INPUT for a name that
 *   means something to JavaScript or holds a NIK.
 */
export function readTokens(text: string, limits: AdmissionLimits): boolean {
  within(limits.characters, text.length, 'characters long')
  const lexer = new Lexer(new Source(text))
  let tokens = 0
  let nesting = 0
  for (;;) {
    const token = nextToken(lexer)
    if (!token) return false
    if (token.kind === TokenKind.EOF) return true
    within(limits.tokens, ++tokens, 'tokens long')
    if (OPENING.has(token.kind)) within(limits.nesting, ++nesting, 'brackets deep')
    else if (CLOSING.has(token.kind)) nesting--
    else if (token.kind === TokenKind.NAME) checkName(token.value)
  }
}

function nextToken(lexer: Lexer) {
  try {
    return lexer.advance()
  } catch (error) {
    if (error instanceof GraphQLError) return undefined
    throw error
  }
}
