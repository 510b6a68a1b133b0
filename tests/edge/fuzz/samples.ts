// A valid body of every kind that some route takes, for the tiny trunk of 32 px and 4 features.
import type { ModelManifest } from '../../../src/contract/manifest.ts';
import { goldenImage } from '../support/files.ts';
import { headFile } from '../support/heads.ts';
import type { Sample } from './requests.ts';

const IMAGES = ['jpeg-photo.jpg', 'jpeg-gray.jpg', 'png-palette.png', 'webp-lossy.webp'];

export async function validSamples(manifest: ModelManifest): Promise<readonly Sample[]> {
  const images = await Promise.all(IMAGES.map(async (name) => ({ name, bytes: await goldenImage(name) })));
  const [{ bytes: image } = { bytes: new Uint8Array(0) }] = images;
  const b64 = btoa(String.fromCharCode(...image));
  const tensor = (rest: object) => ({ name: 'features', shape: [1, 4], datatype: 'FP32', ...rest });
  const row = Array.from({ length: 32 }, () => [0, 0, 0]);
  const features = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);
  return [
    ...images.map(({ name, bytes }) => ({ name, headers: { 'Content-Type': 'image/jpeg' }, body: bytes })),
    { name: 'features', headers: { 'X-Topwork-Features': '4' }, body: features },
    json('image in JSON', { inputs: b64, parameters: { top_k: 2 } }),
    form(image),
    json('KServe features', { id: '1', inputs: [tensor({ data: [1, 2, 3, 4] })] }),
    json('KServe image', {
      inputs: [{ name: 'image_bytes', shape: [1], datatype: 'BYTES', data: [b64] }],
      outputs: [{ name: 'probabilities', parameters: { classification: 2 } }],
    }),
    binary({ inputs: [tensor({ parameters: { binary_data_size: 16 } })] }, features),
    binary(
      {
        parameters: { binary_data_output: true },
        inputs: [
          {
            ...{ name: 'image_bytes', shape: [1], datatype: 'BYTES' },
            parameters: { binary_data_size: image.length + 4 },
          },
        ],
      },
      new Uint8Array([...new Uint8Array(Uint32Array.of(image.length).buffer), ...image]),
    ),
    json('TensorFlow instances', { instances: [Array.from({ length: 32 }, () => row)] }),
    json('TensorFlow images', { instances: [{ b64 }], signature_name: 'mine' }),
    json('TensorFlow inputs', { inputs: [Array.from({ length: 32 }, () => row)] }),
    { name: 'a head', headers: { 'If-Match': '*' }, body: headFile(manifest) },
    {
      ...{ name: 'a head with weights of the trunk', headers: { 'If-Match': '*' } },
      body: headFile(manifest, {
        overlay: new Map([['norm/beta', { data: new Float32Array(4), shape: [4] }]]),
      }),
    },
    json('a device', { name: 'phone' }),
    json('a link', { name: 'phone', link: 'ABCD-EFGH-JKMN-PQRS' }),
    json('a key', { name: 'shop', scopes: ['predict'], head: 'mine' }),
    json('a rollback', { to: '0'.repeat(64) }),
    json('a patch', { title: 'Cups', visibility: 'private' }),
    json('an index', { ready: true }),
  ];
}

function json(name: string, value: unknown): Sample {
  const body = new Uint8Array(new TextEncoder().encode(JSON.stringify(value)));
  return { name, headers: { 'Content-Type': 'application/json' }, body };
}

/** KServe's binary tensor extension: JSON, then the bytes of the tensors. */
function binary(header: object, tail: Uint8Array): Sample {
  const head = new TextEncoder().encode(JSON.stringify(header));
  return {
    name: 'KServe binary',
    headers: {
      'Content-Type': 'application/octet-stream',
      'Inference-Header-Content-Length': `${head.length}`,
    },
    body: new Uint8Array([...head, ...tail]),
  };
}

function form(image: Uint8Array): Sample {
  const text = (line: string) => new TextEncoder().encode(line);
  const head = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n';
  return {
    name: 'a form',
    headers: { 'Content-Type': 'multipart/form-data; boundary=x' },
    body: new Uint8Array([...text(head), ...image, ...text('\r\n--x--\r\n')]),
  };
}
