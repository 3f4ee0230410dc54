// One-time codes as an authenticator app makes them (RFC 6238), by another make than the gateway's.
import { createHmac } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The code of a base32 secret, `steps` half minutes from now. */
export function codeOf(secret, steps = 0) {
    const bits = [...secret.replace(/\s/g, '')].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('');
    const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
    const digest = createHmac('sha1', key).update(counter).digest();
    const word = digest.readUInt32BE(digest.at(-1) & 0xf) & 0x7fff_ffff;
    return String(word % 1_000_000).padStart(6, '0');
}
