package commands

import "slices"

// All is every command of ftpsh, topic by topic. Within a group, help shows them in this order.
// A new topic adds its list here; a new command joins the list of its topic.
func All() []Command {
	return slices.Concat(
		connectionCommands(),
		directoryCommands(),
		listingCommands(),
		treeCommands(),
		transferCommands(),
		mirrorCommands(),
		typeCommands(),
		fileCommands(),
		copyCommands(),
		localCommands(),
		protocolCommands(),
		logCommands(),
		toggleCommands(),
		namingCommands(),
		settingCommands(),
		scriptCommands(),
		backgroundCommands(),
		helpCommands(),
		refusedCommands(),
	)
}
