function Start-Connection {
    <#
    .SYNOPSIS
        Notes that this runspace connects anew under a name: until it has, it has no connection of that name, however the
        attempt ends.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory = $true)] [string] $Name,
        # Of Connect-EXRMailbox.
        [string] $Domain
    )

    $own = Get-OwnConnection
    $own.Number += 1
    $own.Failed[$Name] = [pscustomobject] @{
        HasFailed     = $true
        Name          = $Name
        Method        = $Cmdlet.MyInvocation.MyCommand.Name
        Domain        = $Domain
        TenantId      = $null
        TokenTenantId = $null
        ConnectedAt   = [datetime]::Now
    }
}
