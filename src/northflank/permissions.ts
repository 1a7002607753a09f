import type { ResourceRef } from '../domain/build.js'

/** The rights that reads of builds take, as Northflank's roles name them. */
export const PERMISSIONS = {
  /** Also starts and aborts builds. */
  readJobBuild: 'Project > Jobs > Deployment > Deploy Build',
  readJobs: 'Project > Jobs > General > Read',
  readServices: 'Project > Services > General > Read',
  viewJobLogs: 'Project > Jobs > Deployment > View Instance Logs',
  viewServiceLogs: 'Project > Services > Deployment > View Instance Logs',
} as const

type Resource = Pick<ResourceRef, 'kind'>

export function permissionToGet({ kind }: Resource): string {
  return kind === 'jobs' ? PERMISSIONS.readJobBuild : PERMISSIONS.readServices
}

export function permissionToList({ kind }: Resource): string {
  return kind === 'jobs' ? PERMISSIONS.readJobs : PERMISSIONS.readServices
}

export function permissionToReadLogs({ kind }: Resource): string {
  return kind === 'jobs' ? PERMISSIONS.viewJobLogs : PERMISSIONS.viewServiceLogs
}
