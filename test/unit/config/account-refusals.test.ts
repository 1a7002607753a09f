import { describe } from '@jest/globals'
import { testRefusals } from './fixture.js'

const account = (entries: string) => `accounts:\n  default: { token: "\${TOKEN}", ${entries} }\n`
const RESERVE = 'write a share below 100% such as 10%, or a number of requests such as 100'

describe('the settings refuse, of accounts,', () => {
  testRefusals([
    {
      what: 'no accounts',
      yaml: 'redis: {}\n',
      says: [
        '1:1: accounts: is missing; write one, such as accounts: { default: { token: "${NORTHFLANK_API_TOKEN}" } }',
      ],
    },
    {
      what: 'accounts of which all lines are commented out',
      yaml: 'redis: {}\naccounts:\n  # default: {}\n',
      says: [
        '2:10: accounts: is missing; write one, such as accounts: { default: { token: "${NORTHFLANK_API_TOKEN}" } }',
      ],
    },
    {
      what: 'no token',
      yaml: 'accounts:\n  default: {}\n',
      says: [
        '2:3: accounts.default.token: is missing; write token: "${NORTHFLANK_API_TOKEN}", or token_file with a path',
      ],
    },
    {
      what: 'token and token_file',
      yaml: account('token_file: /x'),
      says: [
        '2:33: accounts.default.token_file: token and token_file both say where the secret is; keep one of them',
      ],
    },
    {
      what: 'a variable that is not set',
      yaml: 'accounts: { default: { token: "${NOPE}" } }\n',
      says: [
        '1:31: accounts.default.token: the environment variable NOPE is not set; set it, or give a default where one will do: ${NOPE:-…}',
      ],
    },
    {
      what: 'a variable that is empty',
      yaml: 'accounts: { default: { token: "${EMPTY}" } }\n',
      says: ['1:31: accounts.default.token: is empty; write the secret alone into EMPTY'],
    },
    {
      what: 'a token of two lines',
      yaml: 'accounts: { default: { token: "${TWO_LINES}" } }\n',
      says: [
        '1:31: accounts.default.token: holds more than one line or a control character; write the secret alone into TWO_LINES',
      ],
    },
    {
      what: 'a token that is a number, without showing it',
      yaml: 'accounts: { default: { token: 12345 } }\n',
      says: ['1:31: accounts.default.token: is no text; write a reference in quotes, such as "${NAME}"'],
    },
    {
      what: 'a token in place of the account, without showing it',
      yaml: 'accounts: { default: s3cret }\n',
      says: ['1:22: accounts.default: is no map; write token: "${NORTHFLANK_API_TOKEN}" below it'],
    },
    {
      what: 'a name with capitals',
      yaml: 'accounts: { Default: { token: "${TOKEN}" } }\n',
      says: [
        '1:13: accounts.Default: "Default" is no name; write small letters, digits and hyphens, at most 63, starting with a letter or digit',
      ],
    },
    {
      what: 'a base URL without TLS to another machine',
      yaml: account('base_url: http://api.example.com'),
      says: [
        '2:43: accounts.default.base_url: would send the token unencrypted; write https://, or allow_insecure: true beside it',
      ],
    },
    {
      what: 'credentials in the base URL, without showing them',
      yaml: account('base_url: "https://me:s3cret@api.example.com"'),
      says: ['2:43: accounts.default.base_url: holds credentials; write them as token'],
    },
    {
      what: 'a base URL with a query',
      yaml: account('base_url: "https://api.example.com?x=1"'),
      says: ['2:43: accounts.default.base_url: holds a query or fragment; write the address up to the path'],
    },
    ...['https://api.example.com/v1', 'https://api.example.com/proxy/v1//'].map((url) => ({
      what: `the path that is added to every request, in ${url}`,
      yaml: account(`base_url: "${url}"`),
      says: [
        '2:43: accounts.default.base_url: ends in /v1, which buildwatchd adds to every request; write the address without it',
      ],
    })),
    {
      what: 'a base URL that is none',
      yaml: account('base_url: api.example.com'),
      says: ['2:43: accounts.default.base_url: is no URL; write one such as https://api.northflank.com'],
    },
    {
      what: 'a base URL of another protocol',
      yaml: account('base_url: ftp://api.example.com'),
      says: ['2:43: accounts.default.base_url: is no web address; write https://…'],
    },
    {
      what: 'a truth value in quotes',
      yaml: account('allow_insecure: "true"'),
      says: [
        '2:49: accounts.default.allow_insecure: "true" is no truth value; write true or false, without quotes',
      ],
    },
    {
      what: 'a reserve of everything',
      yaml: account('reserve: 100%'),
      says: [`2:42: accounts.default.reserve: "100%" is no reserve; ${RESERVE}`],
    },
    {
      what: 'a reserve below nothing',
      yaml: account('reserve: -1'),
      says: [`2:42: accounts.default.reserve: -1 is no reserve; ${RESERVE}`],
    },
    {
      what: 'half a request in reserve',
      yaml: account('reserve: 1.5'),
      says: [`2:42: accounts.default.reserve: 1.5 is no reserve; ${RESERVE}`],
    },
  ])
})
