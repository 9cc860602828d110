/** An app without a document, whose log is kept: what most tests of a behaviour ask. */
import { createApp, fastapi, type AppOptions } from '../../src/index.ts'
import { RecordingLogger } from './recording-logger.ts'

/** Errors look as FastAPI's unless `errorBody` says otherwise. What `options` share is not in the types: tests that need it make an app of their own. */
export function createTestApp(options: AppOptions = {}) {
  const logger = new RecordingLogger()
  const settings: object = { errorBody: fastapi(), openapiPath: false, docsPath: false, ...options, logger }
  return { app: createApp(settings), logger }
}
