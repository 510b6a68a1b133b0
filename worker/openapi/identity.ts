// The routes of devices, links and keys, as the OpenAPI document describes them.
import { EnrolBody, Enrolment, KeyBody, Link, Me, NewKey } from '../../src/contract/api.ts';
import { MAX_DEVICES, MAX_KEYS } from '../../src/contract/limits.ts';
import { json } from './notes.ts';
import type { Operations } from './operation.ts';
import { DeviceList, KeyList } from './shapes.ts';

export const IDENTITY: Operations = {
  'POST /api/devices': {
    id: 'enrol',
    tag: 'Devices and keys',
    summary: 'Enrol a device',
    description:
      'A first device makes an owner, with the operator’s invitation where one is asked for; a further one joins its ' +
      'owner by the `link` code of another. The token is shown this once.',
    access: 'open',
    body: { content: json(EnrolBody), required: true, example: { name: 'Phone', invite: 'come-in' } },
    answers: { 201: { description: 'Enrolled.', content: json(Enrolment) } },
    errors: [
      ...(['request_invalid', 'body_too_large', 'enrolment_closed', 'link_invalid', 'forbidden'] as const),
      ...(['limit_reached', 'unauthorized', 'storage_failed'] as const),
    ],
  },
  'GET /api/devices': {
    id: 'listDevices',
    tag: 'Devices and keys',
    summary: 'Your devices',
    access: 'device',
    answers: { 200: { description: 'Devices that are not revoked.', content: json(DeviceList) } },
    errors: ['storage_failed'],
  },
  'DELETE /api/devices/{id}': {
    id: 'revokeDevice',
    tag: 'Devices and keys',
    summary: 'Revoke a device, at once',
    access: 'device',
    answers: { 204: { description: 'Revoked.' } },
    errors: ['request_invalid', 'device_not_found', 'storage_failed'],
  },
  'POST /api/links': {
    id: 'createLink',
    tag: 'Devices and keys',
    summary: 'A code by which one more device joins',
    description: `Good once and for ten minutes. An owner may have ${MAX_DEVICES} devices.`,
    access: 'device',
    answers: { 201: { description: 'The code.', content: json(Link) } },
    errors: ['limit_reached', 'storage_failed'],
  },
  'GET /api/me': {
    id: 'whoAmI',
    tag: 'Devices and keys',
    summary: 'Who a token is, and what it is good for',
    access: 'token',
    answers: { 200: { description: 'A device, a key or the operator.', content: json(Me) } },
    errors: ['storage_failed'],
  },
  'GET /api/keys': {
    id: 'listKeys',
    tag: 'Devices and keys',
    summary: 'Your keys',
    access: 'device',
    answers: { 200: { description: 'Keys without their tokens.', content: json(KeyList) } },
    errors: ['storage_failed'],
  },
  'POST /api/keys': {
    id: 'createKey',
    tag: 'Devices and keys',
    summary: 'Make a key for a program',
    description: `For one head or all, until a time or until it is revoked. The token is shown this once. At most ${MAX_KEYS}.`,
    access: 'device',
    body: { content: json(KeyBody), required: true, example: { name: 'Shop window', head: 'my-boots' } },
    answers: { 201: { description: 'The key.', content: json(NewKey) } },
    errors: ['request_invalid', 'body_too_large', 'head_not_found', 'limit_reached', 'storage_failed'],
  },
  'DELETE /api/keys/{id}': {
    id: 'revokeKey',
    tag: 'Devices and keys',
    summary: 'Revoke a key, at once',
    access: 'device',
    answers: { 204: { description: 'Revoked.' } },
    errors: ['request_invalid', 'key_not_found', 'storage_failed'],
  },
};
