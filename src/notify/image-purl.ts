/** The name of an image as a package URL of type `oci` (package-url/purl-spec, types/oci-definition.json). */

const LONGEST_URI = 1000
const DOMAIN = String.raw`(?:localhost(?=[:/])|[a-zA-Z\d-]+(?:\.[a-zA-Z\d-]+)+|[a-zA-Z\d-]+(?=:)|\[[a-fA-F\d:]+\])(?::\d{1,5})?`
const COMPONENT = String.raw`[a-z\d]+(?:(?:\.|_{1,2}|-+)[a-z\d]+)*`
/** `domain/path:tag@digest`: the grammar of distribution/reference (regexp.go), with the domain that a pull needs. */
const REFERENCE = new RegExp(
  String.raw`^(${DOMAIN}/(?:${COMPONENT}/)*(${COMPONENT}))(?::(\w[\w.-]{0,127}))?(?:@(sha256:[a-f\d]{64}))?$`,
)

/** `undefined` when the text is no reference to one image: without a registry, or with neither tag nor digest. */
export function imagePurl(uri: string): string | undefined {
  if (uri.length > LONGEST_URI) return undefined
  const [, repository, name, tag, digest] = REFERENCE.exec(uri) ?? []
  if (repository === undefined || (tag === undefined && digest === undefined)) return undefined
  const version = digest === undefined ? '' : `@${encodeURIComponent(digest)}`
  // Qualifiers stand in the order of their names; a slash in a value needs no encoding.
  const location = encodeURIComponent(repository).replaceAll('%2F', '/')
  return `pkg:oci/${name}${version}?repository_url=${location}${tag === undefined ? '' : `&tag=${tag}`}`
}
