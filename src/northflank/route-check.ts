/** `unknown`: the answer without a token said neither, or was not to be had. */
type Route = 'right' | 'wrong' | 'unknown'

export interface RouteCheck {
  /** Tells of every answer to a request with a token. */
  note(status: number): void
  /** What a 404 means. Asks once for all who wait, and never again once it is known. Never rejects. */
  verdict(askWithoutToken: () => Promise<number | undefined>): Promise<Route>
}

const PROVES_ROUTE = new Set([401, 403])

/**
 * An unknown route gets its 404 before the token is looked at, an unknown build after it. So where nothing has shown yet
 * that the base URL is right, the same path is asked for without a token: 404 again is a wrong route, 401 a right one.
 */
export function createRouteCheck(): RouteCheck {
  let route: Route = 'unknown'
  let asking: Promise<Route> | undefined
  return {
    note(status) {
      if (provesRoute(status)) route = 'right'
    },
    async verdict(askWithoutToken) {
      if (route !== 'unknown') return route
      asking ??= askWithoutToken()
        // The request may have ended with the signal of another caller, who is told so himself.
        .then(routeOf, (): Route => 'unknown')
        .finally(() => {
          asking = undefined
        })
      const found = await asking
      // An answer to another request may have proved the route meanwhile.
      if (route === 'unknown') route = found
      return route
    },
  }
}

function routeOf(status: number | undefined): Route {
  if (status === 404) return 'wrong'
  return status !== undefined && provesRoute(status) ? 'right' : 'unknown'
}

function provesRoute(status: number): boolean {
  return PROVES_ROUTE.has(status) || (status >= 200 && status < 300)
}
