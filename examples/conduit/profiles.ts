/** Profiles, and who follows them. */
import { and, eq, sql } from 'drizzle-orm'
import { del, dependency, get, post } from 'riposte'
import { z } from 'zod'
import type { Access } from './access.ts'
import type { Database } from './database.ts'
import { ProfileNotFound } from './errors.ts'
import { ProfileEnvelope } from './models.ts'
import { follows, users } from './schema.ts'

/** The columns of a profile, as one user sees it. User 0 is nobody. */
export const profileColumns = (viewerId: number) => ({
  username: users.username,
  bio: users.bio,
  image: users.image,
  following: sql<boolean>`exists (select 1 from ${follows} where ${follows.followerId} = ${viewerId} and ${follows.followedId} = ${users.id})`,
})

export function profileRoutes(db: Database, { viewer, currentUser }: Access) {
  /** The user whom the path names. */
  const subject = dependency({ errors: [ProfileNotFound], params: { username: z.string() } }, async ({ params, fail }) => {
    const [found] = await db.select().from(users).where(eq(users.username, params.username))
    if (found === undefined) throw fail(ProfileNotFound)
    return found
  })

  async function isFollowing(followerId: number, followedId: number): Promise<boolean> {
    return (await db.$count(follows, and(eq(follows.followerId, followerId), eq(follows.followedId, followedId)))) > 0
  }

  const getProfile = get(
    '/profiles/{username}',
    { tags: ['profiles'], dependencies: { viewer, subject }, responses: { 200: ProfileEnvelope } },
    async ({ viewer, subject }) => ({ profile: { ...subject, following: await isFollowing(viewer?.id ?? 0, subject.id) } }),
  )

  const followUser = post(
    '/profiles/{username}/follow',
    { tags: ['profiles'], dependencies: { currentUser, subject }, responses: { 200: ProfileEnvelope } },
    async ({ currentUser, subject }) => {
      await db.insert(follows).values({ followerId: currentUser.id, followedId: subject.id }).onConflictDoNothing()
      return { profile: { ...subject, following: true } }
    },
  )

  const unfollowUser = del(
    '/profiles/{username}/follow',
    { tags: ['profiles'], dependencies: { currentUser, subject }, responses: { 200: ProfileEnvelope } },
    async ({ currentUser, subject }) => {
      await db.delete(follows).where(and(eq(follows.followerId, currentUser.id), eq(follows.followedId, subject.id)))
      return { profile: { ...subject, following: false } }
    },
  )

  return { getProfile, followUser, unfollowUser }
}
