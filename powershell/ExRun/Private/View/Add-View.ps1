function Add-View {
    <#
    .SYNOPSIS
        Lets objects be shown by a view of ExRun.Format.ps1xml: they get a type name before their own. Their members stay
        as they are.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [AllowNull()] [AllowEmptyCollection()] [object] $InputObject,
        [Parameter(Mandatory = $true)] [string] $Name
    )

    if ($null -eq $InputObject) { return }
    if (-not $script:HasViews) { Import-View }
    if ($InputObject -is [System.Collections.Generic.List[psobject]]) {
        # Rows of the library, whose members have other names: many, and this way takes a fraction of the time.
        foreach ($row in $InputObject) { $row.PSTypeNames.Insert(0, $Name) }
        return
    }
    foreach ($object in $InputObject) {
        if ($object -is [System.Management.Automation.PSCustomObject] -or $object -is [System.Management.Automation.ErrorRecord]) { $object.PSObject.TypeNames.Insert(0, $Name) }
    }
}
