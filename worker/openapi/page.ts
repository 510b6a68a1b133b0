// The reference page at /docs, made of the same document as /openapi.json. Static: no script, one style sheet.
import { type Example, LANGUAGES } from './examples.ts';
import { type Html, html, prose } from './html.ts';
import { fieldsOf, type Word, wordsOf } from './schema-text.ts';
import type { DocumentedOperation, DocumentedResponse, MediaType, OpenApiDocument } from './types.ts';

interface Entry {
  readonly method: string;
  readonly path: string;
  readonly operation: DocumentedOperation;
}

/** @param examples each is shown in the section of its tag */
export function docsPage(document: OpenApiDocument, examples: readonly Example[]): string {
  const entries = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  const sections = document.tags.map((tag) => ({
    ...tag,
    id: idOf(tag.name),
    entries: entries.filter(({ operation }) => operation.tags[0] === tag.name),
    examples: examples.filter((example) => example.tag === tag.name),
  }));
  const schemas = Object.entries(document.components.schemas);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="Every route of a Topwork endpoint, with examples.">
<title>${document.info.title} · the HTTP interface</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs.css">
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<nav aria-label="Contents">
<p class="brand"><a href="/">${document.info.title}</a> <small>${document.info.version}</small></p>
<ul>
${sections.map(
  ({ id, name, entries: listed }) => html`<li><details><summary>${name}</summary>
<ul><li><a href="#${id}">Overview</a></li>
${listed.map(
  ({ operation }) => html`<li><a href="#${operation.operationId}">${operation.summary}</a></li>`,
)}</ul></details></li>`,
)}
<li><a href="#schemas">Schemas</a></li>
<li><a href="/openapi.json">openapi.json</a></li>
</ul>
</nav>
<main id="content">
<h1>The HTTP interface</h1>
${prose(document.info.description)}
<p>In the examples <code>ORIGIN</code> is the address of this endpoint, <code>TOKEN</code> that of a device or a key. The
document itself, for programs: <a href="/openapi.json">openapi.json</a> (OpenAPI ${document.openapi.slice(0, 3)}).</p>
${sections.map(
  (section) => html`<section id="${section.id}" aria-labelledby="${section.id}-title">
<h2 id="${section.id}-title">${section.name}</h2>
<p>${section.description}</p>
${section.examples.map(exampleHtml)}
${section.entries.map(operationHtml)}
</section>`,
)}
<section id="schemas" aria-labelledby="schemas-title">
<h2 id="schemas-title">Schemas</h2>
${schemas.map(
  ([name, schema]) => html`<article id="schema-${name}" class="schema">
<h3>${name}</h3>
${fieldsOf(schema).length === 0 ? html`<p>${words(wordsOf(schema))}</p>` : fieldTable(schema)}
</article>`,
)}
</section>
</main>
</body>
</html>
`.text;
}

/** Tabs without a script: radio buttons, of which the style sheet shows the checked one's panel. */
function exampleHtml({ id, title, code }: Example): Html {
  return html`<fieldset class="example">
<legend>${title}</legend>
${LANGUAGES.map(
  (language, i) => html`<input type="radio" name="${id}" id="${id}-${i}"${i === 0 ? html` checked` : null}>
<label for="${id}-${i}">${language}</label>`,
)}
${LANGUAGES.map(
  (language) =>
    html`<pre tabindex="0" aria-label="${title}, in ${language}"><code>${code[language]}</code></pre>`,
)}
</fieldset>`;
}

function operationHtml({ method, path, operation }: Entry): Html {
  const { operationId, summary, description, security, parameters, requestBody, responses } = operation;
  const answers = Object.entries(responses).filter(([, response]) => !isRefusal(response));
  const refusals = Object.entries(responses).filter(([, response]) => isRefusal(response));
  return html`<article id="${operationId}" class="operation">
<h3><a href="#${operationId}">${summary}</a></h3>
<p class="route"><b class="${method.toLowerCase()}">${method}</b> <code>${path}</code></p>
${description === undefined ? null : prose(description)}
<p class="access">${accessText(security)}</p>
${
  parameters.length === 0
    ? null
    : html`<table><caption>Parameters</caption>
<thead><tr><th>Name</th><th>In</th><th>What</th></tr></thead><tbody>
${parameters.map(
  ({ name, in: place, required, description: what, schema }) =>
    html`<tr><td><code>${name}</code>${required ? html` <em>required</em>` : null}</td><td class="place">${place}</td>
<td>${what === undefined ? null : prose(what)}<p class="type">${words(wordsOf(schema))}</p></td></tr>`,
)}</tbody></table>`
}
${
  requestBody === undefined
    ? null
    : html`<table><caption>Body${requestBody.required ? null : ', optional'}</caption>
<thead><tr><th>Content type</th><th>What</th></tr></thead><tbody>${contentRows(requestBody.content)}</tbody></table>`
}
<table><caption>Answers</caption>
<thead><tr><th>Status</th><th>What</th></tr></thead><tbody>
${answers.map(([status, response]) => html`<tr><td>${status}</td><td>${answerHtml(response)}</td></tr>`)}
</tbody></table>
${
  refusals.length === 0
    ? null
    : html`<details><summary>Refusals: ${refusals.map(([status]) => status).join(', ')}</summary>
<table><thead><tr><th>Status</th><th>Code</th></tr></thead><tbody>
${refusals.map(
  ([status, { description: what }]) =>
    html`<tr><td>${status}</td><td>${what.split('. ').map((each) => prose(each))}</td></tr>`,
)}</tbody></table></details>`
}
</article>`;
}

/** Refusals are those in the shape of an error. */
function isRefusal({ content = {} }: DocumentedResponse): boolean {
  return Object.values(content).some(({ schema }) => /\/(Problem|DialectError)$/.test(String(schema?.$ref)));
}

function accessText(security: DocumentedOperation['security']): string {
  const open = security.some((each) => Object.keys(each).length === 0);
  if (!open) return 'Needs a token.';
  return security.length > 1 ? 'Anyone may call; a token reaches what is yours.' : 'Anyone may call.';
}

function answerHtml({ description, headers, content = {} }: DocumentedResponse): Html {
  const types = Object.entries(content).map(
    ([type, media]) => html`<p class="type"><code>${type}</code> ${mediaWords(media)}</p>${sample(media)}`,
  );
  const names = Object.keys(headers ?? {}).map((name, i) => html`${i === 0 ? '' : ', '}<code>${name}</code>`);
  return html`${prose(description)}${types}${names.length === 0 ? null : html`<p class="type">Headers: ${names}</p>`}`;
}

function contentRows(content: Readonly<Record<string, MediaType>>): readonly Html[] {
  return Object.entries(content).map(
    ([type, media]) =>
      html`<tr><td><code>${type}</code></td><td><p>${mediaWords(media)}</p>${sample(media)}</td></tr>`,
  );
}

function mediaWords({ schema }: MediaType): Html {
  return schema === undefined ? html`bytes` : words(wordsOf(schema));
}

function sample({ example }: MediaType): Html | null {
  if (example === undefined) return null;
  return html`<pre tabindex="0" aria-label="Example"><code>${JSON.stringify(example, null, 2)}</code></pre>`;
}

function fieldTable(schema: unknown): Html {
  return html`<table><thead><tr><th>Field</th><th>What</th></tr></thead><tbody>
${fieldsOf(schema).map(
  ({
    name,
    required,
    schema: field,
  }) => html`<tr><td><code>${name}</code>${required ? null : html` <em>optional</em>`}</td>
<td>${words(wordsOf(field))}${fieldsOf(field).length === 0 ? null : fieldTable(field)}</td></tr>`,
)}</tbody></table>`;
}

function words(parts: readonly Word[]): Html {
  return html`${parts.map((part) =>
    typeof part === 'string' ? part : html`<a href="#schema-${part.ref}">${part.ref}</a>`,
  )}`;
}

function idOf(name: string): string {
  return `on-${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;
}
