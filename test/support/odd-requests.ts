const HOST = 'Host: localhost'
const lines = (...given: string[]) => [...given, '', ''].join('\r\n')
const get = (path: string, ...fields: string[]) => lines(`GET ${path} HTTP/1.1`, HOST, ...fields)
const post = (path: string, body: string, ...fields: string[]) => lines(`POST ${path} HTTP/1.1`, HOST, ...fields) + body
const form = (path: string, fields: string) =>
  post(path, fields, 'Content-Type: application/x-www-form-urlencoded', `Content-Length: ${fields.length}`)
const EVENTS = '/api/v1/projects/odd/events'
const JSON_TYPE = 'Content-Type: application/json'
const fieldsOf = (count: number, bytes: number) => Array.from({ length: count }, (_, index) => `X-Odd-${index}: ${'a'.repeat(bytes)}`)

/** Methods of other protocols, of none, and of ours in other spellings. */
const METHODS = [
  'FOO',
  'A',
  'GE',
  'GETT',
  'get',
  'Post',
  'PROPFIND',
  'MKCOL',
  'LOCK',
  'PURGE',
  'BREW',
  'TRACE',
  'QUERY',
  'X_Y-Z',
  'M'.repeat(200),
]

/** The path that stands in a request which hides in another. */
export const HIDDEN_PATH = '/hidden-request'
const HIDDEN = get(HIDDEN_PATH)
const CHUNKED = 'Transfer-Encoding: chunked'
const EMPTY = '0\r\n\r\n'
/** A report whose fields or chunks two readers could understand differently, and what the one of them takes for a second request. */
const hiding = (body: string, ...fields: string[]) => post(EVENTS, body + HIDDEN, JSON_TYPE, ...fields)

/** Requests with another one in them: by name, the bytes. */
export const HIDING_REQUESTS: readonly (readonly [name: string, bytes: string])[] = [
  ['chunks and a length', hiding(EMPTY, CHUNKED, 'Content-Length: 5')],
  ['a length and chunks', hiding(EMPTY, 'Content-Length: 5', CHUNKED)],
  ['chunks and a length of nothing', hiding(EMPTY, CHUNKED, 'Content-Length: 0')],
  ['a coding that is none', hiding(EMPTY, 'Transfer-Encoding: xchunked')],
  ['chunks that are not the last coding', hiding(EMPTY, 'Transfer-Encoding: chunked, identity')],
  ['a space before the colon of chunks', hiding(EMPTY, 'Transfer-Encoding : chunked')],
  ['chunks on a folded line', hiding(EMPTY, 'Transfer-Encoding:\r\n chunked')],
  ['chunks behind a control character', hiding(EMPTY, 'Transfer-Encoding: \u000bchunked')],
  ['chunks in quotes', hiding(EMPTY, 'Transfer-Encoding: "chunked"')],
  ['an unknown coding beside chunks', hiding(EMPTY, CHUNKED, 'Transfer-Encoding: odd')],
  ['two different lengths', hiding('', 'Content-Length: 0', `Content-Length: ${HIDDEN.length}`)],
  ['a list of lengths', hiding('', `Content-Length: 0, ${HIDDEN.length}`)],
  ['a length with a sign', hiding('{}', 'Content-Length: +2')],
  ['a length below nothing', hiding('', 'Content-Length: -1')],
  ['a length of two words', hiding('{}', 'Content-Length: 2 2')],
  ['a length in other digits', hiding('{}', 'Content-Length: 0x2')],
  ['a length behind a bare line end', hiding('{}', 'X-Odd: a\nContent-Length: 2')],
  ['a length behind a bare carriage return', hiding('{}', 'X-Odd: a\rContent-Length: 2')],
  ['a chunk size that is none', hiding('zz\r\n{}\r\n0\r\n\r\n', CHUNKED)],
  ['a chunk size with a prefix', hiding('0x2\r\n{}\r\n0\r\n\r\n', CHUNKED)],
  ['a chunk size below nothing', hiding('-2\r\n{}\r\n0\r\n\r\n', CHUNKED)],
  ['a chunk size beyond all numbers', hiding('fffffffffffffffff2\r\n{}\r\n0\r\n\r\n', CHUNKED)],
  ['a chunk size that ends in a bare line end', hiding('2\n{}\r\n0\r\n\r\n', CHUNKED)],
  ['a chunk that is longer than its size', hiding('2\r\n{}odd\r\n0\r\n\r\n', CHUNKED)],
  ['a last chunk that ends in bare line ends', hiding('2\r\n{}\r\n0\n\n', CHUNKED)],
  ['a name with a NUL', hiding('{}', 'Content\0-Length: 2', 'Content-Length: 2')],
  ['a field without a colon', hiding('{}', 'Content-Length 2')],
  ['fields that end in bare line ends', post(EVENTS, HIDDEN, JSON_TYPE, 'Content-Length: 0').replace('\r\n\r\n', '\n\n')],
]

/** Requests that no browser or reporter of ours sends: by name, the bytes. A proxy may refuse each, and must serve everybody else. */
export const ODD_REQUESTS: readonly (readonly [name: string, bytes: string])[] = [
  ...METHODS.map((method) => [`the method ${method.slice(0, 12)}`, lines(`${method} / HTTP/1.1`, HOST)] as const),
  ['CONNECT to a host', lines('CONNECT localhost:443 HTTP/1.1', HOST)],
  ['OPTIONS of everything', lines('OPTIONS * HTTP/1.1', HOST)],
  ['an odd method of HTTP/1.0', lines('FOO / HTTP/1.0')],
  ['an odd method with a body', `${lines('FOO /projects/odd HTTP/1.1', HOST, 'Content-Length: 5')}hello`],
  ['an odd method of a websocket', lines('FOO /live/ HTTP/1.1', HOST, 'Upgrade: websocket', 'Connection: Upgrade')],
  ['two hosts', lines('GET / HTTP/1.1', HOST, 'Host: evil.example')],
  ['no host', lines('GET / HTTP/1.1')],
  ['a host that none could be', lines('GET / HTTP/1.1', 'Host: a b')],
  ['the host of nobody', lines('GET / HTTP/1.1', 'Host: localhost#')],
  ['version 3.7', lines('GET / HTTP/3.7', HOST)],
  ['no version', 'GET /\r\n\r\n'],
  ['many fields', get('/', ...fieldsOf(150, 10))],
  ['fields of 14 KB', get('/', ...fieldsOf(2, 7_000))],
  ['fields of 16 KB', get('/', ...fieldsOf(4, 4_000))],
  ['fields of 28 KB', get('/', ...fieldsOf(4, 7_000))],
  ['a field of 60 KB', get('/', ...fieldsOf(1, 60_000))],
  ['an address of 7 KB', get(`/?q=${'a'.repeat(7_000)}`)],
  ['an address of 60 KB', get(`/?q=${'a'.repeat(60_000)}`)],
  ['an address that is not encoded', get('/%zz%00')],
  ['a NUL in the address', get('/a\0b')],
  ['a control character in a field', get('/', 'X-Odd: a\u0001b')],
  ['a bare carriage return', get('/', 'X-Odd: a\rX-B: c')],
  ['a field without a name', get('/', ': odd')],
  ['a folded field', get('/', 'X-Odd: a', ' b')],
  ['a space before the colon', get('/', 'X-Odd : a')],
  ['bytes that are no text', get('/', 'X-Odd: \u00ff\u00fe')],
  ['an unknown coding', post(EVENTS, '0\r\n\r\n', JSON_TYPE, 'Transfer-Encoding: odd')],
  ['two lengths', post(EVENTS, '{}', JSON_TYPE, 'Content-Length: 2', 'Content-Length: 3')],
  ['a length that is no number', post(EVENTS, '{}', JSON_TYPE, 'Content-Length: odd')],
  ['a length beyond all numbers', post(EVENTS, '{}', JSON_TYPE, 'Content-Length: 99999999999999999999')],
  ['a length of 99 GB', post(EVENTS, '{}', JSON_TYPE, 'Content-Length: 99999999999')],
  ['a chunk that is none', post(EVENTS, 'zz\r\nodd\r\n0\r\n\r\n', JSON_TYPE, 'Transfer-Encoding: chunked')],
  ['a body of GET', `${get('/', 'Content-Length: 5')}hello`],
  ['an upgrade to something else', get('/', 'Upgrade: odd/1.0', 'Connection: Upgrade')],
  ['a websocket that is no handshake', get('/live/', 'Upgrade: websocket', 'Connection: Upgrade')],
  [
    'a websocket of another version',
    get('/live/', 'Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Key: odd', 'Sec-WebSocket-Version: 99'),
  ],
  ['an expectation of something else', post(EVENTS, '{}', JSON_TYPE, 'Content-Length: 2', 'Expect: odd')],
  ['pins that lead back a long way', form('/pins', `unpin=odd&back=${encodeURIComponent(`?q=${'a'.repeat(5_000)}`)}`)],
  ['a name in another case, with a long address', get(`/projects/APOLLO?x=${'a'.repeat(3_900)}`)],
  ['three requests at once', get('/') + post(EVENTS, '{}', JSON_TYPE, 'Content-Length: 2') + get('/')],
  ['a line of nothing', '\r\n\r\n\r\n'],
  ...HIDING_REQUESTS,
  ['no HTTP at all', '\u0016\u0003\u0001\u0000\u00a5\u0001\u0000\u0000odd'],
]
