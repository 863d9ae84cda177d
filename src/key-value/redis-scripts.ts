import { script } from '../redis/script.ts'

/** KEYS: counter. ARGV: by, ms. A counter's time runs from its beginning. */
export const INCREMENT = script(`
local isNew = redis.call('EXISTS', KEYS[1]) == 0
local sum = redis.call('INCRBY', KEYS[1], ARGV[1])
if isNew then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return sum`)

/** KEYS: value. ARGV: new value, ms or 0, and what is expected unless nothing is. */
export const COMPARE_AND_SET = script(`
local present = redis.call('GET', KEYS[1])
local expected = ARGV[3] or false
if present ~= expected then return 0 end
if ARGV[2] == '0' then redis.call('SET', KEYS[1], ARGV[1]) else redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
return 1`)

/** KEYS: lease. ARGV: owner, ms. */
export const ACQUIRE = script(`
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`)

/** KEYS: lease. ARGV: owner. */
export const RELEASE = script(`
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1`)
