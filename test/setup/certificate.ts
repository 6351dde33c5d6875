/** A self-signed certificate, written by hand: Node can read one and not make one, and not every machine has openssl. */
import { generateKeyPairSync, sign } from 'node:crypto';

type Bytes = Buffer;

/** One value of DER: a tag, a length, what is inside. */
function der(tag: number, ...parts: readonly Bytes[]): Bytes {
  const inside = Buffer.concat(parts);
  const { length } = inside;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), inside]);
}

const sequence = (...parts: readonly Bytes[]): Bytes => der(0x30, ...parts);
const text = (value: string): Bytes => der(0x0c, Buffer.from(value));
/** A name of the standards, already encoded: ecdsa-with-SHA256, commonName, subjectAltName. */
const names = { ecdsaSha256: '2a8648ce3d040302', commonName: '550403', subjectAltName: '551d11' } as const;
const oid = (name: keyof typeof names): Bytes => der(0x06, Buffer.from(names[name], 'hex'));
/** `YYYYMMDDHHMMSSZ` */
const time = (at: number): Bytes =>
  der(0x18, Buffer.from(`${new Date(at).toISOString().replaceAll(/[-:T]|\.\d+Z/g, '')}Z`));

/** A key and a certificate for `localhost` and 127.0.0.1 that ends at `validTo`, both as PEM. */
export function selfSigned(validTo: number): { readonly key: string; readonly cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(oid('ecdsaSha256'));
  const name = sequence(der(0x31, sequence(oid('commonName'), text('localhost'))));
  const addresses = sequence(der(0x82, Buffer.from('localhost')), der(0x87, Buffer.from([127, 0, 0, 1])));
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    algorithm,
    name,
    sequence(time(validTo - 400 * 86_400_000), time(validTo)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(sequence(oid('subjectAltName'), der(0x04, addresses)))),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', body, privateKey));
  const lines = sequence(body, algorithm, signature).toString('base64').replaceAll(/.{64}/g, '$&\n').trim();
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}
