# Whether this session knows how the module's objects are shown.
$script:HasViews = $false

function Import-View {
    <#
    .SYNOPSIS
        Loads ExRun.Format.ps1xml into this session, once.
    .DESCRIPTION
        With a sign-in, so that a session also shows what its jobs and other runspaces have made, and with the first object
        that has a view. Where they cannot be loaded, as in a pool of runspaces that share theirs, objects are shown as any
        other.
    #>
    [CmdletBinding()]
    param()

    if ($script:HasViews) { return }
    $script:HasViews = $true
    $file = [System.IO.Path]::Combine($script:ModuleRoot, 'ExRun.Format.ps1xml')
    # It loads what is for display only: not what -WhatIf, -Confirm and -Verbose of a command are about.
    Microsoft.PowerShell.Utility\Update-FormatData -PrependPath $file -WhatIf:$false -Confirm:$false -Verbose:$false -ErrorAction Ignore
}
