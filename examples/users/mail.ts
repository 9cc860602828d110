/** Mail that goes out after the answer. */
import { setTimeout as pause } from 'node:timers/promises'
import { post } from 'riposte'
import { Email, Queued } from './models.ts'

const DELIVERY_MS = 300

/** Stands in for a mail server. */
async function deliver(to: string, subject: string, body: string): Promise<void> {
  await pause(DELIVERY_MS)
  console.log(`Mail to ${to}: ${subject} (${body.length} characters)`)
}

export const sendEmail = post('/send-email', { body: Email, responses: { 202: Queued } }, ({ body: { to, subject, body }, background }) => {
  background.add(deliver, to, subject, body)
  return { message: 'Email queued' }
})
