/** Node's timers fire at once when they are told a longer time, ms. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1
