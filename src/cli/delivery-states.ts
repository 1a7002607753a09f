import { DELIVERY_STATES, type DeliveryState } from '../domain/delivery.js'

/** What `--state` takes, with what each word stands for. Apart from the command, so that a shell's completion loads no more than this. */
export const STATES_BY_WORD: Readonly<Record<string, readonly DeliveryState[]>> = {
  open: ['pending', 'dead_lettered'],
  dead: ['dead_lettered'],
  all: DELIVERY_STATES,
  ...Object.fromEntries(DELIVERY_STATES.map((state) => [state, [state]])),
}
