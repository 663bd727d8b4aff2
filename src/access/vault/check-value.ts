import { createHmac } from 'node:crypto'
import type { NikKey, NikTokenKey } from '../../kernel/nik-keys.ts'

/**
 * 8 bytes that tell a key from every other of the same id and say nothing about it: an HMAC under the key of a text
 * that everybody knows (and, for a key of the vault, of the half that encrypts, so that both halves are told).
 */
export function checkValue(key: NikTokenKey | NikKey): Buffer {
  const hmac = createHmac('sha256', key.hmacKey).update('payung: which key is this')
  if ('encryptionKey' in key) hmac.update(key.encryptionKey.export())
  return hmac.digest().subarray(0, 8)
}
