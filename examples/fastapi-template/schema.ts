/** The tables. */
import { boolean, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'

const id = () => uuid().primaryKey().defaultRandom()
const createdAt = () => timestamp({ withTimezone: true }).notNull().defaultNow()

export const users = pgTable('users', {
  id: id(),
  email: text().notNull().unique(),
  password_hash: text().notNull(),
  full_name: text(),
  is_active: boolean().notNull().default(true),
  is_superuser: boolean().notNull().default(false),
  created_at: createdAt(),
})

export const items = pgTable('items', {
  id: id(),
  title: text().notNull(),
  description: text(),
  owner_id: uuid()
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' }),
  created_at: createdAt(),
})

/** Mails that wait for a worker to send them. */
export const outbox = pgTable('outbox', {
  id: id(),
  recipient: text().notNull(),
  subject: text().notNull(),
  html: text().notNull(),
  created_at: createdAt(),
})

/** Drizzle Kit writes migrations from the tables above; for one example this is enough. */
export const CREATE_TABLES = `
  create table if not exists users (
    id uuid primary key default gen_random_uuid(),
    email text not null unique,
    password_hash text not null,
    full_name text,
    is_active boolean not null default true,
    is_superuser boolean not null default false,
    created_at timestamptz not null default now()
  );
  create table if not exists items (
    id uuid primary key default gen_random_uuid(),
    title text not null,
    description text,
    owner_id uuid not null references users on delete cascade,
    created_at timestamptz not null default now()
  );
  create table if not exists outbox (
    id uuid primary key default gen_random_uuid(),
    recipient text not null,
    subject text not null,
    html text not null,
    created_at timestamptz not null default now()
  );
`
