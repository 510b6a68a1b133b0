// Examples of calls in curl, JavaScript and Python, for each dialect: shown on the page, and each run by
// tests/e2e/examples.test.ts, as it stands here. They take `ORIGIN` and, where one is needed, `TOKEN` from the
// environment, read files beside them, print the answer, and need nothing that is not part of the language.

/** A language, and what a program in it is called. */
export const LANGUAGES = ['curl', 'JavaScript', 'Python'] as const;
export type Language = (typeof LANGUAGES)[number];

/** One call, in three languages. */
export interface Example {
  readonly id: string;
  /** Whose section it is shown in. */
  readonly tag: string;
  /** `METHOD /path` of the document, whose answer is printed. */
  readonly operation: string;
  readonly title: string;
  readonly code: Readonly<Record<Language, string>>;
}

const predictImage: Example = {
  id: 'predict-image',
  tag: 'Predict',
  operation: 'POST /api/predict',
  title: 'Classify a photo',
  code: {
    curl: `curl -s --data-binary @photo.jpg -H 'Content-Type: image/jpeg' "$ORIGIN/api/predict?top_k=3"`,
    JavaScript: `
import { readFile } from 'node:fs/promises';

const response = await fetch(\`\${process.env.ORIGIN}/api/predict?top_k=3\`, {
  method: 'POST',
  headers: { 'Content-Type': 'image/jpeg' },
  body: await readFile('photo.jpg'),
});
console.log(await response.text());`,
    Python: `
import os, urllib.request

request = urllib.request.Request(
    os.environ["ORIGIN"] + "/api/predict?top_k=3",
    data=open("photo.jpg", "rb").read(),
    headers={"Content-Type": "image/jpeg"},
)
print(urllib.request.urlopen(request).read().decode())`,
  },
};

const predictFeatures: Example = {
  id: 'predict-features',
  tag: 'Predict',
  operation: 'POST /api/predict',
  title: 'Classify features, so that no photo leaves the device',
  code: {
    curl: `
curl -s --data-binary @features.f32 -H 'Content-Type: application/octet-stream' \\
  -H 'X-Topwork-Features: 576' "$ORIGIN/api/predict?top_k=3"`,
    JavaScript: `
import { readFile } from 'node:fs/promises';

const features = await readFile('features.f32'); // little-endian float32, 4 bytes each
const response = await fetch(\`\${process.env.ORIGIN}/api/predict?top_k=3\`, {
  method: 'POST',
  headers: {
    'Content-Type': 'application/octet-stream',
    'X-Topwork-Features': String(features.length / 4),
  },
  body: features,
});
console.log(await response.text());`,
    Python: `
import os, urllib.request

features = open("features.f32", "rb").read()  # little-endian float32, 4 bytes each
request = urllib.request.Request(
    os.environ["ORIGIN"] + "/api/predict?top_k=3",
    data=features,
    headers={
        "Content-Type": "application/octet-stream",
        "X-Topwork-Features": str(len(features) // 4),
    },
)
print(urllib.request.urlopen(request).read().decode())`,
  },
};

const putHead: Example = {
  id: 'put-head',
  tag: 'Heads',
  operation: 'PUT /api/heads/{head}',
  title: 'Put a head',
  code: {
    curl: `
curl -s -X PUT --data-binary @head.safetensors -H "Authorization: Bearer $TOKEN" \\
  -H 'Content-Type: application/octet-stream' -H 'If-None-Match: *' "$ORIGIN/api/heads/my-head"`,
    JavaScript: `
import { readFile } from 'node:fs/promises';

const response = await fetch(\`\${process.env.ORIGIN}/api/heads/my-head\`, {
  method: 'PUT',
  headers: {
    Authorization: \`Bearer \${process.env.TOKEN}\`,
    'Content-Type': 'application/octet-stream',
    'If-None-Match': '*', // or 'If-Match': the ETag of the revision to replace
  },
  body: await readFile('head.safetensors'),
});
console.log(await response.text());`,
    Python: `
import os, urllib.request

request = urllib.request.Request(
    os.environ["ORIGIN"] + "/api/heads/my-head",
    method="PUT",
    data=open("head.safetensors", "rb").read(),
    headers={
        "Authorization": "Bearer " + os.environ["TOKEN"],
        "Content-Type": "application/octet-stream",
        "If-None-Match": "*",  # or "If-Match": the ETag of the revision to replace
    },
)
print(urllib.request.urlopen(request).read().decode())`,
  },
};

const createKey: Example = {
  id: 'create-key',
  tag: 'Devices and keys',
  operation: 'POST /api/keys',
  title: 'Make a key for a program',
  code: {
    curl: `
curl -s -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
  -d '{"name": "Shop window", "scopes": ["predict"]}' "$ORIGIN/api/keys"`,
    JavaScript: `
const response = await fetch(\`\${process.env.ORIGIN}/api/keys\`, {
  method: 'POST',
  headers: {
    Authorization: \`Bearer \${process.env.TOKEN}\`,
    'Content-Type': 'application/json',
  },
  body: JSON.stringify({ name: 'Shop window', scopes: ['predict'] }),
});
console.log(await response.text());`,
    Python: `
import json, os, urllib.request

request = urllib.request.Request(
    os.environ["ORIGIN"] + "/api/keys",
    data=json.dumps({"name": "Shop window", "scopes": ["predict"]}).encode(),
    headers={
        "Authorization": "Bearer " + os.environ["TOKEN"],
        "Content-Type": "application/json",
    },
)
print(urllib.request.urlopen(request).read().decode())`,
  },
};

const kserveImage: Example = {
  id: 'kserve-image',
  tag: 'KServe v2',
  operation: 'POST /v2/models/{model}/infer',
  title: 'An encoded image in, the three likeliest classes out',
  code: {
    curl: `
printf '{"inputs": [{"name": "image_bytes", "datatype": "BYTES", "shape": [1], "data": ["%s"]}],
  "outputs": [{"name": "probabilities", "parameters": {"classification": 3}}]}' \\
  "$(base64 < photo.jpg | tr -d '\\n')" |
  curl -s --data-binary @- -H 'Content-Type: application/json' "$ORIGIN/v2/models/mobilenet-v2/infer"`,
    JavaScript: `
import { readFile } from 'node:fs/promises';

const response = await fetch(\`\${process.env.ORIGIN}/v2/models/mobilenet-v2/infer\`, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({
    inputs: [
      {
        name: 'image_bytes',
        datatype: 'BYTES',
        shape: [1],
        data: [await readFile('photo.jpg', 'base64')],
      },
    ],
    outputs: [{ name: 'probabilities', parameters: { classification: 3 } }],
  }),
});
console.log(await response.text());`,
    Python: `
import base64, json, os, urllib.request

image = base64.b64encode(open("photo.jpg", "rb").read()).decode()
body = {
    "inputs": [{"name": "image_bytes", "datatype": "BYTES", "shape": [1], "data": [image]}],
    "outputs": [{"name": "probabilities", "parameters": {"classification": 3}}],
}
request = urllib.request.Request(
    os.environ["ORIGIN"] + "/v2/models/mobilenet-v2/infer",
    data=json.dumps(body).encode(),
    headers={"Content-Type": "application/json"},
)
print(urllib.request.urlopen(request).read().decode())`,
  },
};

const kserveBinary: Example = {
  id: 'kserve-binary',
  tag: 'KServe v2',
  operation: 'POST /v2/models/{model}/infer',
  title: 'Features in as binary tensor data',
  code: {
    curl: `
HEADER='{"inputs": [{"name": "features", "datatype": "FP32", "shape": [1, 576],
  "parameters": {"binary_data_size": 2304}}], "outputs": [{"name": "probabilities"}]}'
(printf '%s' "$HEADER"; cat features.f32) |
  curl -s --data-binary @- -H 'Content-Type: application/octet-stream' \\
    -H "Inference-Header-Content-Length: \${#HEADER}" "$ORIGIN/v2/models/mobilenet-v2/infer"`,
    JavaScript: `
import { readFile } from 'node:fs/promises';

const features = await readFile('features.f32');
const header = Buffer.from(
  JSON.stringify({
    inputs: [
      {
        name: 'features',
        datatype: 'FP32',
        shape: [1, features.length / 4],
        parameters: { binary_data_size: features.length },
      },
    ],
    outputs: [{ name: 'probabilities' }],
  }),
);
const response = await fetch(\`\${process.env.ORIGIN}/v2/models/mobilenet-v2/infer\`, {
  method: 'POST',
  headers: {
    'Content-Type': 'application/octet-stream',
    'Inference-Header-Content-Length': String(header.length),
  },
  body: Buffer.concat([header, features]),
});
console.log(await response.text());`,
    Python: `
import json, os, urllib.request

features = open("features.f32", "rb").read()
header = json.dumps({
    "inputs": [{
        "name": "features", "datatype": "FP32", "shape": [1, len(features) // 4],
        "parameters": {"binary_data_size": len(features)},
    }],
    "outputs": [{"name": "probabilities"}],
}).encode()
request = urllib.request.Request(
    os.environ["ORIGIN"] + "/v2/models/mobilenet-v2/infer",
    data=header + features,
    headers={
        "Content-Type": "application/octet-stream",
        "Inference-Header-Content-Length": str(len(header)),
    },
)
print(urllib.request.urlopen(request).read().decode())`,
  },
};

function serving(method: 'predict' | 'classify', title: string, body: ServingBody): Example {
  const url = `/v1/models/mobilenet-v2:${method}`;
  return {
    id: `serving-${method}`,
    tag: 'TensorFlow Serving v1',
    operation: `POST /v1/models/{model}:${method}`,
    title,
    code: {
      curl: `
printf '${body.json}' "$(base64 < photo.jpg | tr -d '\\n')" |
  curl -s --data-binary @- -H 'Content-Type: application/json' "$ORIGIN${url}"`,
      JavaScript: `
import { readFile } from 'node:fs/promises';

const image = { b64: await readFile('photo.jpg', 'base64') };
const response = await fetch(\`\${process.env.ORIGIN}${url}\`, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(${body.javascript}),
});
console.log(await response.text());`,
      Python: `
import base64, json, os, urllib.request

image = {"b64": base64.b64encode(open("photo.jpg", "rb").read()).decode()}
request = urllib.request.Request(
    os.environ["ORIGIN"] + "${url}",
    data=json.dumps(${body.python}).encode(),
    headers={"Content-Type": "application/json"},
)
print(urllib.request.urlopen(request).read().decode())`,
    },
  };
}

interface ServingBody {
  readonly json: string;
  readonly javascript: string;
  readonly python: string;
}

/** Every example, in the order of the page. */
export const EXAMPLES: readonly Example[] = [
  ...[predictImage, predictFeatures, putHead, createKey, kserveImage, kserveBinary],
  serving('predict', 'Probabilities of an encoded image', {
    json: '{"instances": [{"b64": "%s"}]}',
    javascript: '{ instances: [image] }',
    python: '{"instances": [image]}',
  }),
  serving('classify', 'Every class with its probability', {
    json: '{"examples": [{"image": {"b64": "%s"}}]}',
    javascript: '{ examples: [{ image }] }',
    python: '{"examples": [{"image": image}]}',
  }),
].map((example) => ({
  ...example,
  code: {
    curl: example.code.curl.trim(),
    JavaScript: example.code.JavaScript.trim(),
    Python: example.code.Python.trim(),
  },
}));
