function Open-VaultList {
    <#
    .SYNOPSIS
        Opens a list of a vault, whose rows Receive-RunRow emits.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory = $true)] [psobject] $Session,
        # vault, collection, versionsOf, deleted, as docs/abi.md has them.
        [Parameter(Mandatory = $true)] [hashtable] $Request
    )

    return Start-Run -Cmdlet $Cmdlet -Session $Session -Function 'exrun_vault_list' -Request (@{ format = 'block' } + $Request) `
        -Activity 'Listing a vault' -StatusText { param($Counts) '{0} found so far' -f $Counts.completed }
}
