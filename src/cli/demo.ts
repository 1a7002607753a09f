export async function demo(_i: unknown): Promise<number> { return 0 }
