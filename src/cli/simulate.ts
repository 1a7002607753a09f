export interface SimulateOptions { readonly port: string }
export async function simulate(_o: SimulateOptions, _i: unknown): Promise<number> { return 0 }
