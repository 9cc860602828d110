/** A query of Prisma without an order. */
import { fromPrisma } from '../../src/prisma/index.ts'

declare const user: {
  findMany(args?: { where?: { id?: number }; orderBy?: { id?: 'asc' | 'desc' } }): Promise<{ id: number }[]>
  count(args?: { where?: { id?: number } }): Promise<number>
}
fromPrisma(user, { where: { id: 3 } })
