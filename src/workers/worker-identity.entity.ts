import { defineEntity, p } from '@mikro-orm/core'
import { WorkerEntity } from './worker.entity.ts'

/**
 * The vault: the only table that knows who a worker is. Its key is the keyed HMAC of the NIK, so one NIK is one
 * person and nobody without the key can look one up; the NIK itself is there only as AES-256-GCM ciphertext
 * (nonce, ciphertext, tag). It has no GraphQL type, on purpose.
 */
export const WorkerIdentityEntity = defineEntity({
  name: 'WorkerIdentity',
  tableName: 'worker_identity',
  properties: {
    nikToken: p.uint8array().primary(),
    keyId: p.text(),
    worker: () => p.manyToOne(WorkerEntity).unique(),
    nikCipher: p.uint8array(),
    fullName: p.text(),
    birthDate: p.date(),
  },
})
