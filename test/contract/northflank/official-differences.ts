/** Where `createClient` means to differ from `@northflank/js-client` 0.9.5. docs/sdk.md shows this table. */
export interface Difference {
  readonly what: string
  /** Searched for in the names of the cases; each of them then shows this very difference. */
  readonly cases: RegExp
  readonly they: string
  readonly we: string
  readonly why: string
}

export const DIFFERENCES: readonly Difference[] = [
  {
    what: 'No answer, or one that does not end',
    cases: /^`hang`$|^`(?:drip|late)` \(delayMs 60000\)$/,
    they: 'never settles',
    we: 'rejects',
    why: '`API_TIMED_OUT` after `timeoutMs`',
  },
  {
    what: 'A connection that is cut in the middle of an answer',
    cases: /^`cut`$/,
    they: 'never settles',
    we: 'rejects',
    why: '`API_UNREACHABLE`, after two more tries',
  },
  {
    what: 'HTTP 5xx: how often a call asks',
    cases: /^`server_error`, requests$/,
    they: 'requests: 1',
    we: 'requests: 3',
    why: 'most such faults are over at once; a call that is cheap to repeat need not fail for them',
  },
  {
    what: 'An HTML page with an HTTP error status',
    cases: /^`html`(?! \(status 200\))(?!.*, thrown)/,
    they: 'rejects',
    we: 'an error in the result',
    why: 'it is an HTTP error like any other, with status, headers and text',
  },
  {
    what: 'The same, where HTTP errors are to be thrown',
    cases: /^`html`(?! \(status 200\)).*, thrown$/,
    they: 'rejects',
    we: 'rejects with the status',
    why: 'as above',
  },
  {
    what: 'A redirect to an address that answers',
    cases: /^`redirect`.*to another build/,
    they: 'data',
    we: 'an error in the result',
    why: '`API_BAD_RESPONSE`: redirects are not followed, for the token would go along, and what is there is another thing',
  },
  {
    what: 'A redirect to an address that does not answer',
    cases: /^`redirect`.*to a closed port/,
    they: 'rejects',
    we: 'an error in the result',
    why: 'as above: nobody goes there',
  },
  {
    what: 'An answer larger than 2 MiB, also after decompression',
    cases: /bytes 4000000/,
    they: 'data',
    we: 'rejects',
    why: '`API_BAD_RESPONSE`: 300 KB can unpack to a gigabyte',
  },
  {
    what: 'An answer about another build than the one asked for',
    cases: /bytes 1000000/,
    they: 'data',
    we: 'rejects',
    why: '`API_BAD_RESPONSE`: whoever waits for one build must not be told of another',
  },
  {
    what: 'An id that no path can hold: empty, `.`, `..`',
    cases: /^an empty build id$|^a build id of dots$/,
    they: 'an error in the result',
    we: 'rejects',
    why: '`API_NOT_FOUND`, and nothing is asked: it would ask for another thing',
  },
  {
    what: 'The id `a*b`',
    cases: /^the build id `a\*b`$/,
    they: 'asks for /v1/projects/shop/jobs/odd/build/a*b',
    we: 'asks for /v1/projects/shop/jobs/odd/build/a%2Ab',
    why: 'the same to a server; encoded as in build keys',
  },
  {
    what: 'The cursor `n 1&page=2`',
    cases: /^a cursor that needs encoding$/,
    they: 'asks for /v1/projects/shop/jobs/nightly/build?cursor=n%201&page=2',
    we: 'asks for /v1/projects/shop/jobs/nightly/build?cursor=n+1%26page%3D2',
    why: 'cursors are opaque: whatever is in them must reach the API as it was',
  },
  {
    what: 'A base URL with a slash at its end',
    cases: /^a base URL with a slash at its end$/,
    they: 'an error in the result',
    we: 'data',
    why: 'it means the same',
  },
  {
    what: '`all`, without `per_page`',
    cases: /^all pages, requests$/,
    they: 'asks for /v1/projects/shop/jobs/nightly/build',
    we: 'asks for /v1/projects/shop/jobs/nightly/build?per_page=100',
    why: 'half the requests',
  },
  {
    what: '`all`, when the API refuses a page',
    cases: /^`unauthorized`, all pages$/,
    they: 'an error in the result',
    we: 'rejects',
    why: 'it is an async iterable of builds, which has no other place for an error',
  },
  {
    what: '`all`, when the cursor of a page leads back to it',
    cases: /^`cursor_loop`, all pages$/,
    they: 'never settles',
    we: 'rejects',
    why: '`API_BAD_RESPONSE`, after the builds that came; theirs asks until the account has no requests left',
  },
  {
    what: '`all`, when a page shows nothing but what the one before it showed',
    cases: /^`repeated_page`, all pages$/,
    they: 'data',
    we: 'rejects',
    why: '`API_BAD_RESPONSE`: something is missing',
  },
  {
    what: '`all`, when builds come again on the next page',
    cases: /^`repeated_page` \(repeats 1\), all pages$/,
    they: 'b-5, b-4, b-4, b-3, b-2, b-2, b-1',
    we: 'b-5, b-4, b-3, b-2, b-1',
    why: 'builds that begin meanwhile push others to the next page; each comes once',
  },
  {
    what: '`all`, when there is a next page but no cursor',
    cases: /^`no_cursor`, all pages$/,
    they: 'b-5, b-4',
    we: 'b-5, b-4, b-3, b-2, b-1',
    why: 'the next page is asked for by its number',
  },
  {
    what: 'The token in `request`',
    cases: /^the token in the result$/,
    they: 'is there',
    we: 'is nowhere',
    why: 'results end up in logs',
  },
  {
    what: '`rawResponse.text()`',
    cases: /^the body of the raw response$/,
    they: 'is used up',
    we: 'can be read',
    why: 'to see what else was said',
  },
  {
    what: '`error` in a result',
    cases: /^the error in the result$/,
    they: 'is a plain object',
    we: 'is an Error with a code',
    why: '`code`, `retryable` and `resetInMs` say what to do; `error.id` and `error.details` of the API are in `rawResponse.json()`',
  },
  {
    what: '`pagination.getNextPage`',
    cases: /^the way to the next page$/,
    they: 'is a function',
    we: 'is not there',
    why: '`all` asks only while there is a next page',
  },
  {
    what: '`rateLimit`',
    cases: /^the facts of the rate limit$/,
    they: 'is not there',
    we: 'says limit, remaining, resetInMs, throttled',
    why: 'so that callers can slow down before a 429',
  },
]
