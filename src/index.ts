/** What `riposte` exports, name by name. */
export { createApp } from './app.ts'
export type { App, AppOptions } from './app.ts'
export type { BodyDeclaration, Contract, Documentation, ExternalDocumentation, DescribedResponse } from './contract/contract.ts'
export { dependency } from './contract/dependency.ts'
export type { Dependency, DependencyContext, DependencyOptions, DependencyScope, Outcome, ResolvedOf } from './contract/dependency.ts'
export type { Deprecation } from './contract/deprecation.ts'
export type { BackgroundTasks, BaseContext, FailFunction, Handler, MatchedRoute, RouteContext } from './contract/handler.ts'
export { defineMiddleware } from './contract/middleware.ts'
export type { Middleware, MiddlewareContext, MiddlewareContract, Next, NextOptions } from './contract/middleware.ts'
export type { FieldModels, ResponseFields, Responses } from './contract/responses.ts'
export type { HandlerResult, ReplyFunction, StatusResult } from './contract/result.ts'
export { DefinedError, defineError } from './errors/define-error.ts'
export type { ErrorClass, ErrorDefinition } from './errors/define-error.ts'
export { ContractError, RequestError } from './errors/framework-errors.ts'
export type { InputProblem } from './errors/framework-errors.ts'
export { HTTPError } from './errors/http-error.ts'
export type { HTTPErrorOptions } from './errors/http-error.ts'
export type { CookieAttributes } from './http/cookies.ts'
export type { HeaderList } from './http/header-list.ts'
export type { Incoming, Platform } from './http/incoming.ts'
export type { TrustProxy } from './request/proxy.ts'
export type { Logger } from './log.ts'
export type { OpenAPIDocument } from './openapi/document.ts'
export type { Webhook } from './openapi/settings.ts'
export type { CountMode } from './pagination/counting.ts'
export type { QueryModels } from './pagination/facts.ts'
export { LimitOffsetPage, Page, PageQuery, paginate } from './pagination/page.ts'
export type { LimitOffsetPageModel, LimitOffsetPageOf, LimitOffsetRequest, PageModel, PageOf, PageRequest } from './pagination/page.ts'
export type { PageOptions, PageShape } from './pagination/shape.ts'
export type { PageSource, PaginationSource } from './pagination/source.ts'
export { defineCookie } from './reply/field.ts'
export type { Cookie, CookieOptions } from './reply/field.ts'
export { Reply } from './reply/reply.ts'
export type { Body, Chunk, Cut, ReplyOptions, SelectedContent, Source } from './reply/reply.ts'
export type { Sent, SentListener } from './reply/sent.ts'
export type { Sequence } from './reply/sequence.ts'
export type {
  DeclaredStagedCookies,
  DeclaredStagedHeaders,
  DeclaredStagedResponse,
  StagedFor,
  StagedResponse,
  StageOptions,
} from './reply/staged.ts'
export { bytes } from './representation/bytes.ts'
export type { BytesRepresentation } from './representation/bytes.ts'
export type { BodyReader, Content } from './representation/content.ts'
export { defineRepresentation } from './representation/define.ts'
export type {
  DefinedRepresentation,
  EncodedBody,
  EncodedContent,
  RepresentationDefinition,
  UncheckedRepresentationDefinition,
} from './representation/define.ts'
export { described } from './representation/described.ts'
export type { ContentDocumentation } from './representation/described.ts'
export { either } from './representation/either.ts'
export type { Either } from './representation/either.ts'
export { empty } from './representation/empty.ts'
export { errorBody } from './representation/error-body.ts'
export type { ErrorBody, ErrorFacts } from './representation/error-body.ts'
export { eventStream } from './representation/event-stream.ts'
export type { EventStream, EventStreamOptions } from './representation/event-stream.ts'
export { fastapi } from './representation/fastapi.ts'
export type { FastapiOptions } from './representation/fastapi.ts'
export { file } from './representation/file.ts'
export type { FileResult, FileOptions, PathResult, RootedFileOptions } from './representation/file.ts'
export type { FileContent, FileLike, FileRoot } from './representation/file-like.ts'
export { form } from './representation/form.ts'
export type { FormOptions } from './representation/form.ts'
export { json } from './representation/json.ts'
export type { JSONRepresentation } from './representation/json.ts'
export { jsonl } from './representation/jsonl.ts'
export { multipart } from './representation/multipart.ts'
export type { FieldOptions, FileStore, FormRepresentation, MultipartOptions, UploadedFile } from './representation/multipart.ts'
export { problem } from './representation/problem.ts'
export { raw } from './representation/raw.ts'
export type { RawOptions } from './representation/raw.ts'
export { redirect } from './representation/redirect.ts'
export type { RedirectOptions } from './representation/redirect.ts'
export type {
  BodyReading,
  ContentExample,
  DocumentedContent,
  DocumentedEventData,
  Exchange,
  ReadableRepresentation,
  Render,
  Representation,
} from './representation/representation.ts'
export type {
  EventData,
  EventFields,
  EventMakers,
  EventValue,
  FreeEventFields,
  FreeEventMaker,
  ServerSentEvent,
} from './representation/server-sent-event.ts'
export { sse } from './representation/sse.ts'
export type { SSEOptions, SSERepresentation } from './representation/sse.ts'
export { stream } from './representation/stream.ts'
export type { StreamOptions } from './representation/chunks.ts'
export type { SlowClientOptions } from './reply/slow-client.ts'
export { html, text } from './representation/text.ts'
export type { TextRepresentation } from './representation/text.ts'
export { createRouter } from './routing/router.ts'
export type { AnyRouter, Router, Routes, SharedBy } from './routing/router.ts'
export type { FetchHandler, MountOptions } from './routing/mount.ts'
export { del, get, head, options, patch, post, put, query } from './routing/route.ts'
export type { NothingShared, Route } from './routing/route.ts'
export { staticFiles } from './routing/static-files.ts'
export type { StaticOptions, StaticRoutes } from './routing/static-files.ts'
export { DeclarationError } from './schema/declaration-error.ts'
export type { Accepted, OutputOf, Schema } from './schema/schema.ts'
export { ModelError } from './schema/model-error.ts'
