/** A way of counting that does not exist. */
import { Page } from '../../src/index.ts'

Page.with({ total: 'exactly' })
