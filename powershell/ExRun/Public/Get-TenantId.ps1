function Get-TenantId {
    <#
    .SYNOPSIS
        Finds the id of the tenant that owns a domain.
    .DESCRIPTION
        Reads the domain's public OpenID configuration; no credential is needed.
    .PARAMETER DomainName
        A domain of the tenant, such as contoso.com.
    .PARAMETER Cloud
        Where to ask: public (the default), usGov, usGovDod or china.
    .EXAMPLE
        Get-TenantId -DomainName contoso.com

        Returns the tenant's id.
    .EXAMPLE
        'contoso.com', 'fabrikam.com' | Get-TenantId

        Returns the ids of several tenants.
    .OUTPUTS
        System.String. The tenant's GUID.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Position = 1, Mandatory = $true, ValueFromPipeline = $true)] [string] $DomainName,
        [Parameter()] [ValidateSet('public', 'usGov', 'usGovDod', 'china')] [string] $Cloud = 'public'
    )

    begin { Enter-Command -Cmdlet $PSCmdlet }

    process {
        Invoke-Guarded -Cmdlet $PSCmdlet -Write -About $DomainName -Do {
            Read-TenantId -DomainName $DomainName -Cloud $Cloud
        }
    }
}
