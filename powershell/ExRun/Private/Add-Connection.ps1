function Add-Connection {
    <#
    .SYNOPSIS
        Makes a session available to other commands under a name; one of that name is replaced.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $Name,
        [Parameter(Mandatory = $true)] [psobject] $Session
    )

    $Session.Name = $Name
    $Session.ConnectedAt = [datetime]::Now
    Remove-Connection -Name $Name
    (Get-ConnectionTable)[$Name] = $Session
}
