/** How the name of everybody begins whom a test makes up: it stands nowhere else, and outputs are searched for it. */
export const PLANTED_NAME = 'Siti Rahasia'
