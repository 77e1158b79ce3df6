// Only comfort: everything is on the page without this file.
'use strict'

for (const table of document.querySelectorAll('table[data-filter]')) {
  const label = document.createElement('label')
  label.className = 'filter'
  const text = document.createElement('span')
  text.textContent = table.dataset.filter
  const input = document.createElement('input')
  input.type = 'search'
  const count = document.createElement('output')
  label.append(text, input, count)
  const region = table.closest('.scroll')
  region.before(label)
  const rows = [...table.tBodies[0].rows].map(row => ({ row, words: row.textContent.toLowerCase() }))
  input.addEventListener('input', () => {
    const wanted = input.value.toLowerCase().split(/\s+/).filter(Boolean)
    let shown = 0
    for (const { row, words } of rows) {
      row.hidden = !wanted.every(word => words.includes(word))
      if (!row.hidden) shown += 1
    }
    count.textContent = wanted.length > 0 ? `${shown} of ${rows.length}` : ''
  })
}

// A link into a folded part opens it.
const unfold = () => {
  const target = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null
  for (let node = target; node; node = node.parentElement) if (node.tagName === 'DETAILS') node.open = true
  target?.scrollIntoView()
}
addEventListener('hashchange', unfold)
unfold()
