/** An operator that filters don't have. */
import { Page } from '../../src/index.ts'
import { pagination } from '../../src/pagination/index.ts'
import { z } from 'zod'

pagination(Page, { filter: { name: { column: 'name', model: z.string(), operators: ['like'] } } })
