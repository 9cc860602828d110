/** A field of a page that no page has. */
import { Page } from '../../src/index.ts'

Page.with({ name: 'List', fields: { data: 'itmes', count: 'total' } })
