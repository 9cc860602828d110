/** Passwords are kept as scrypt hashes: `salt:hash`, both base64. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify<string, Buffer, number, Buffer>(scrypt)
const SALT_BYTES = 16
const HASH_BYTES = 32

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  return `${salt.toString('base64')}:${(await derive(password, salt, HASH_BYTES)).toString('base64')}`
}

export async function isPassword(password: string, stored: string): Promise<boolean> {
  const [salt = '', hash = ''] = stored.split(':')
  const derived = await derive(password, Buffer.from(salt, 'base64'), HASH_BYTES)
  const kept = Buffer.from(hash, 'base64')
  return derived.length === kept.length && timingSafeEqual(derived, kept)
}
