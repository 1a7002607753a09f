export const notify = () => undefined
