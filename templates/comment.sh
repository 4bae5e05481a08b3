#!/usr/bin/env bash
# One comment on a pull request, of what each run in $OUT came to; the one that is there is updated.
# Needs gh, GH_TOKEN, GITHUB_REPOSITORY and NUMBER, the pull request's.
set -euo pipefail
mark="<!-- pushback-eval -->"
body=$(mktemp)
trap 'rm -f "$body"' EXIT
echo "$mark" > "$body"
for told in "$OUT"/*/comment.md; do
  if [ -f "$told" ]; then cat "$told" >> "$body"; echo >> "$body"; fi
done
issue="repos/$GITHUB_REPOSITORY/issues/$NUMBER/comments"
there=$(gh api --paginate "$issue" --jq ".[] | select(.body | startswith(\"$mark\")) | .id" | head -n 1)
if [ -n "$there" ]; then
  gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$there" --field body=@"$body" > /dev/null
else
  gh api --method POST "$issue" --field body=@"$body" > /dev/null
fi
