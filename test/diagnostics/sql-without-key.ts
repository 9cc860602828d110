/** A query of SQL without what tells its rows apart. */
import { fromSQL, sql, type SQLDatabase } from '../../src/sql/index.ts'

declare const db: SQLDatabase
fromSQL(db, sql`select * from users`, { orderBy: ['-created_at'] })
