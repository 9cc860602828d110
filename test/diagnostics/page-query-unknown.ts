/** A parameter of a page's query that means nothing. */
import { LimitOffsetPage } from '../../src/index.ts'

LimitOffsetPage.with({ query: { skip: 'ofset', limit: 'limit' } })
