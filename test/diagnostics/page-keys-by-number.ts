/** Keys of cursors, for pages that have none. */
import { Page } from '../../src/index.ts'

Page.with({ keys: ['a secret of 16 characters'] })
