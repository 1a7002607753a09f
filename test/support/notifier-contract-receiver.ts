/** The endpoint of the contract kit, for the tests beside it. */
export {
  type Answer,
  cut,
  echo,
  endless,
  hang,
  type Receiver,
  stalled,
  startReceiver,
  status,
  statusThenCut,
} from '../../src/notify/contract/receiver.js'
