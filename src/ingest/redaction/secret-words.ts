export type Named = { kind: string; isFreeForm: boolean }

export type Written = 'quoted' | 'tight' | 'loose'

const NAMES: readonly [end: RegExp, named: Named][] = [
  [/(?:password|passwd|passphrase|passcode|pwd)$/, { kind: 'password', isFreeForm: true }],
  [/(?:privatekey|signingkey|encryptionkey|masterkey)$/, { kind: 'private key', isFreeForm: false }],
  [/(?:apikey|accesskey|authkey|accountkey|subscriptionkey)$/, { kind: 'api key', isFreeForm: false }],
  [/(?:secrets?|secretkey|secretaccesskey|credentials?|connectionstring)$/, { kind: 'secret', isFreeForm: false }],
  [
    /(?<!page|next|sync|continuation|cursor|max|stop|eos|bos|pad|unk|unexpected|invalid)(?:token|jwt)$/,
    { kind: 'token', isFreeForm: false },
  ],
  [/authorization$/, { kind: 'authorization', isFreeForm: false }],
  [/cookie$/, { kind: 'cookie', isFreeForm: false }],
]

/** The kind of secret that a field's name promises, in any spelling: `apiKey`, `API_KEY`, `x-api-key`. */
export function namedSecret(name: string): Named | undefined {
  if (name.length > 100) return undefined
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
  return NAMES.find(([end]) => end.test(plain))?.[1]
}

// Variables, blanks, types, stars, and our own replacements.
const PLACEHOLDER =
  /^(?:\$(?:\{|\(|[A-Za-z_]\w*$)|%\w+%$|%[sd]$|\{|<|\*{2,}|\.{2,}|…|[xX]{3,}$|\[redacted|your[_-]|(?:null|none|nil|undefined|true|false|string|str|text|number|boolean|bool|any|unknown|object|bytes|required|optional|redacted|hidden|masked|missing|invalid|expired|empty|unset|secretstr)[?;,.!]?$)/i
/** Code that fetches a value: `config.token`, `getToken(`, `os.environ[`. */
const CODE = /^[A-Za-z_$]+(?:[.([]|->|::)/
const LOCATION = /^(?:~?\.{0,2}\/|[A-Za-z]:\\|(?:https?|file):)/
const MIXED = /^(?=.*[0-9])(?=.*[A-Za-z])/
const SIGN = /[0-9!@#$%^&*+~?=]/
const LONG_ENOUGH_WITHOUT_DIGITS = 24

/** Whether a value looks like a secret: not in "the token expired" or `password: string`. */
export function isSecretValue(value: string, { isFreeForm }: Named, written: Written): boolean {
  if (PLACEHOLDER.test(value) || LOCATION.test(value)) return false
  if (isFreeForm) return isPassword(value, written)
  if (value.length < 8 || /\s/.test(value) || (written !== 'quoted' && CODE.test(value))) return false
  return MIXED.test(value) || value.length >= LONG_ENOUGH_WITHOUT_DIGITS
}

function isPassword(value: string, written: Written): boolean {
  if (written === 'quoted') return value.length > 0
  if (value.length < 3 || CODE.test(value)) return false
  return written === 'tight' || SIGN.test(value)
}
