/** Mails are rows of the outbox and lines of the log. A worker that sends them belongs here. */
import type { Database } from './database.ts'
import { outbox } from './schema.ts'
import type { Settings } from './settings.ts'

interface Mail {
  readonly subject: string
  readonly html: string
}

export async function send(db: Database, recipient: string, mail: Mail): Promise<void> {
  await db.insert(outbox).values({ recipient, ...mail })
  console.log(`Mail to ${recipient}: ${mail.subject}`)
}

export function toResetMail({ PROJECT_NAME, FRONTEND_HOST }: Settings, email: string, token: string): Mail {
  const link = new URL('/reset-password', FRONTEND_HOST)
  link.searchParams.set('token', token)
  return {
    subject: `${PROJECT_NAME} - Password recovery`,
    html: toHTML(`Password recovery for ${email}`, 'Choose a new password within 48 hours:', link.href),
  }
}

export function toWelcomeMail({ PROJECT_NAME, FRONTEND_HOST }: Settings, email: string): Mail {
  return { subject: `${PROJECT_NAME} - New account`, html: toHTML(`Your account ${email}`, 'Sign in here:', FRONTEND_HOST) }
}

export function toTestMail({ PROJECT_NAME, FRONTEND_HOST }: Settings): Mail {
  return { subject: `${PROJECT_NAME} - Test email`, html: toHTML('Test email', 'Mails arrive from:', FRONTEND_HOST) }
}

function toHTML(title: string, text: string, href: string): string {
  return `<h1>${escape(title)}</h1><p>${escape(text)} <a href="${escape(href)}">${escape(href)}</a></p>`
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
