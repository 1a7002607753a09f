import type { Memo } from '../../src/domain/ports.js'

export function createMemoryMemos(): (notifier: string) => Memo {
  const kept = new Map<string, string>()
  return (notifier) => ({
    recall: async (key) => kept.get(`${notifier} ${key}`),
    keep: async (key, value) => void kept.set(`${notifier} ${key}`, value),
  })
}
