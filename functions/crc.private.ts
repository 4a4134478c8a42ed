/**
 * A private Function without a URL. /audio loads it for an object whose bytes only such a checksum can
 * verify: a twentieth of what a cold /audio would load, and most objects have an MD5.
 */
export { crcs } from '../src/s3/crc';
