# Whether this session knows how the module's objects are shown.
$script:HasViews = $false

function Add-View {
    <#
    .SYNOPSIS
        Lets objects be shown by a view of ExRun.Format.ps1xml: they get a type name before their own. Their members stay
        as they are.
    .DESCRIPTION
        The views are loaded with the first object that has one. Where they cannot be, as in a pool of runspaces that share
        theirs, objects are shown as any other.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [AllowNull()] [AllowEmptyCollection()] [object] $InputObject,
        [Parameter(Mandatory = $true)] [string] $Name
    )

    if ($null -eq $InputObject) { return }
    if (-not $script:HasViews) {
        $script:HasViews = $true
        $file = [System.IO.Path]::Combine($script:ModuleRoot, 'ExRun.Format.ps1xml')
        # It loads what is for display only: not what -WhatIf, -Confirm and -Verbose of a command are about.
        Microsoft.PowerShell.Utility\Update-FormatData -PrependPath $file -WhatIf:$false -Confirm:$false -Verbose:$false -ErrorAction Ignore
    }
    if ($InputObject -is [System.Collections.Generic.List[psobject]]) {
        # Rows of the library, whose members have other names: many, and this way takes a fraction of the time.
        foreach ($row in $InputObject) { $row.PSTypeNames.Insert(0, $Name) }
        return
    }
    foreach ($object in $InputObject) {
        if ($object -is [System.Management.Automation.PSCustomObject] -or $object -is [System.Management.Automation.ErrorRecord]) { $object.PSObject.TypeNames.Insert(0, $Name) }
    }
}
