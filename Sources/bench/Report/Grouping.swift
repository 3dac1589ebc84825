/// The elements that agree on a key, together, in the order of their first.
func grouped<Element, Key: Hashable>(
  _ elements: some Sequence<Element>, by key: (Element) -> Key
) -> [(key: Key, elements: [Element])] {
  var groups: [(key: Key, elements: [Element])] = []
  var indices: [Key: Int] = [:]
  for element in elements {
    let key = key(element)
    if let index = indices[key] {
      groups[index].elements.append(element)
    } else {
      indices[key] = groups.count
      groups.append((key, [element]))
    }
  }
  return groups
}
