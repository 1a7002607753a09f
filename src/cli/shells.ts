/** Those that a completion script can be had for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const
